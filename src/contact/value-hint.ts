import type { FieldRow } from '../store/index.ts';
import { assertNever } from '../support/errors.ts';
import { namesAllOptions, type ValueProblem } from './values/problem.ts';

/** How to write a value of this field; shown when a text is none, which a problem says why. */
export function valueHint(
  { type, options }: Pick<FieldRow, 'type' | 'options'>,
  problem?: ValueProblem,
): string {
  // the same list twice helps nobody
  const isListed = problem !== undefined && namesAllOptions(problem);
  switch (type) {
    case 'text':
      return 'any text will do, but for a NUL character';
    case 'number':
      return 'write it like 12.5';
    case 'boolean':
      return 'write yes or no';
    case 'date':
      return 'write it like 2026-03-01';
    case 'datetime':
      return 'write it like 2026-03-01T10:00 or 2026-03-01T10:00:00Z';
    case 'email':
      return 'write it like ann@example.org';
    case 'url':
      return 'write it like https://example.org/, without blanks';
    case 'phone':
      return 'write it like +44 161 496 0772';
    case 'select':
      return isListed ? OTHER_OPTIONS : `its options are ${options.join(', ')}`;
    case 'multiselect':
      return isListed
        ? `several have | between them; ${OTHER_OPTIONS}`
        : `its options are ${options.join(', ')}, with | between them`;
    case 'tags':
      return 'write tags with | between them';
    default:
      return assertNever(type);
  }
}

const OTHER_OPTIONS = '`rollcall fields:edit FIELD --options LIST` gives a field other options';
