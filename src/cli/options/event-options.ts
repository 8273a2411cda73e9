import { value } from './options.ts';
import { text } from './values.ts';

/** Which events are meant. */
export const eventSelectionOptions = {
  contact: value(
    '--contact <contact>',
    'only of this contact: an id, an e-mail address, or FIELD=VALUE of a unique field',
    text,
  ),
  type: value('--type <type>', 'only of this type', text),
  since: value(
    '--since <instant>',
    'only at or after: an instant, yesterday, 10 minutes ago',
    text,
  ),
} as const;
