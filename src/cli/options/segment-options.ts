import {
  type AttributeKey,
  type GivenAttributes,
  mapAttributes,
  type SegmentAttribute,
} from '../../store/index.ts';
import { flag, type Option, toggle, value, type ValuesOf } from './options.ts';
import { choice, text } from './values.ts';

/** An option for each attribute of a segment; undefined when it is not given. */
const attributeOptions = mapAttributes(optionOf) as {
  readonly [Key in AttributeKey]: Option<GivenAttributes[Key]>;
};

function optionOf(attribute: SegmentAttribute): Option<string | boolean | undefined> {
  switch (attribute.type) {
    case 'text':
      return value(attribute.option, attribute.label, text);
    case 'switch':
      return toggle(...attribute.option, attribute.label, attribute.opposite);
    case 'choice':
      return value(attribute.option, attribute.label, choice(attribute.words));
  }
}

/** Why a definition is saved. */
export const noteOption = {
  note: value('--note <text>', 'why, to be kept with the version', text),
} as const;

/** What `segments:create` and `segments:edit` share. */
export const segmentOptions = {
  alias: value('--alias <alias>', 'how commands and filters name it (else made of the name)', text),
  where: value(
    '--where <filter>',
    'who belongs to it; - reads the filter from stdin, @FILE from a file',
    text,
  ),
  ...attributeOptions,
  ...noteOption,
} as const;

export type GivenSegment = ValuesOf<typeof segmentOptions>;

/** Whether the definition is followed by an update of the segment alone. */
export const updateOption = {
  update: flag('--update', 'build it at once; else the next segments:update does'),
} as const;
