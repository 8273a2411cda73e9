import { integer, text } from 'drizzle-orm/sqlite-core';
import {
  mapAttributes,
  type SEGMENT_ATTRIBUTES,
  type SegmentAttribute,
} from '../segment-attributes.ts';

type ColumnOf<A extends SegmentAttribute> = A extends {
  readonly words: infer Words extends readonly [string, ...string[]];
}
  ? ReturnType<typeof choiceColumn<Words>>
  : A extends { readonly type: 'switch' }
    ? ReturnType<typeof switchColumn>
    : ReturnType<typeof textColumn>;

const textColumn = (name: string) => text(name);
const switchColumn = (name: string) => integer(name, { mode: 'boolean' }).notNull();
const choiceColumn = <Words extends readonly [string, ...string[]]>(name: string, words: Words) =>
  text(name, { enum: words }).notNull();

/** The columns of the table `segments` for the attributes, under their keys. */
export const attributeColumns = mapAttributes((attribute) => {
  switch (attribute.type) {
    case 'text':
      return textColumn(attribute.column);
    case 'switch':
      return switchColumn(attribute.column);
    case 'choice':
      return choiceColumn(attribute.column, attribute.words);
  }
}) as {
  readonly [Key in keyof typeof SEGMENT_ATTRIBUTES]: ColumnOf<(typeof SEGMENT_ATTRIBUTES)[Key]>;
};
