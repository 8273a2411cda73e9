import { argument, value, valueOr } from './options.ts';
import { choice, commaList, text } from './values.ts';

/** What the commands on one field have in common. */
export const fieldArguments = {
  alias: argument('alias', 'the name of the field in filters and files', text),
} as const;

export const objectOption = {
  object: valueOr(
    '--object <object>',
    'contact or company; default contact',
    choice(['contact', 'company']),
    'contact',
  ),
} as const;

export const labelOptions = {
  label: value('--label <text>', 'the name that people see', text),
  options: value(
    '--options <list>',
    'the choices of a select or multiselect field, with commas between',
    commaList,
  ),
} as const;
