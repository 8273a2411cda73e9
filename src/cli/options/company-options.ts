import { argument, values } from './options.ts';
import { assignment, text } from './values.ts';

export const companyArgument = argument('company', 'an id or a name', text);

export const setOption = values('--set <field=value>', 'a value; NULL clears', assignment);
