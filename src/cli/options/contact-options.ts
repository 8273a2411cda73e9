import { argument, flag, restArguments, values } from './options.ts';
import { assignment, text } from './values.ts';

const FORMS = 'an id, an e-mail address, or FIELD=VALUE of a unique field';

/** One contact, which must be known. */
export const contactArgument = argument('contact', FORMS, text);

/** One contact or many. */
export const contactArguments = {
  contacts: restArguments(
    'contact',
    `${FORMS}; - reads them from stdin, one a line. An unknown one is refused, and nothing done ` +
      '(2); among lines of stdin it is left out (3)',
    text,
    { atLeastOne: true },
  ),
} as const;

export const setOption = values('--set <field=value>', 'a value; NULL clears', assignment);

export const allowErasedOption = flag(
  '--allow-erased',
  'also who was erased; from then on imports do not leave them out',
);

/** What contacts:tag and contacts:untag have in common. */
export const tagOptions = { tag: values('--tag <tag>', 'a tag; one is required', text) } as const;
