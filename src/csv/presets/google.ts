import type { ColumnReading, Preset } from './preset.ts';

/** Several values in a cell stand with ` ::: ` between them; a field takes the first. */
const firstOf = (to: string): ColumnReading => ({ to, replace: [/ ::: .*$/s, ''] });

export const GOOGLE: Preset = {
  name: 'google',
  title: 'Google Contacts',
  forms: [
    { title: 'today', signs: ['First Name', 'E-mail 1 - Value', 'E-mail 1 - Label'], seen: true },
    { title: 'until 2024', signs: ['Given Name', 'E-mail 1 - Value'], seen: true },
  ],
  columns: {
    'First Name': 'first_name',
    'Given Name': 'first_name',
    'Last Name': 'last_name',
    'Family Name': 'last_name',
    'Name Prefix': 'title',
    'Organization Name': 'company',
    'Organization 1 - Name': 'company',
    'Organization Title': 'position',
    'Organization 1 - Title': 'position',
    Birthday: { to: 'birthday', replace: [/^\s*--.*$/, ''] },
    Labels: { to: 'tags', separator: ' ::: ', replace: [/(^|::: )\* /g, '$1'] },
    'Group Membership': { to: 'tags', separator: ' ::: ', replace: [/(^|::: )\* /g, '$1'] },
    'E-mail 1 - Value': firstOf('email'),
    'Phone 1 - Value': firstOf('phone'),
    'Address 1 - Street': firstOf('address1'),
    'Address 1 - City': firstOf('city'),
    'Address 1 - Region': firstOf('state'),
    'Address 1 - Postal Code': firstOf('zipcode'),
    'Address 1 - Country': firstOf('country'),
    'Website 1 - Value': firstOf('website'),
  },
  notes: [
    'Of several values with `:::` between them the first is read.',
    '`Birthday` is read where the store has a field `birthday`; one without a year is left out.',
  ],
};
