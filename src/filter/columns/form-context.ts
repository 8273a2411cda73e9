import type { Catalogue, TimeContext } from '../catalogue.ts';
import type { Wants } from './wants.ts';

/** What the column form of a leaf is made with. */
export interface FormContext {
  readonly catalogue: Catalogue;
  readonly time: TimeContext;
  /** Told what the leaf has to read. */
  readonly wants: Wants;
}
