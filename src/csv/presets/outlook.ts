import type { Preset } from './preset.ts';

export const OUTLOOK: Preset = {
  name: 'outlook',
  title: 'Outlook',
  forms: [
    { title: 'contacts', signs: ['First Name', 'E-mail Address', 'Business Phone'], seen: true },
  ],
  columns: {
    'First Name': 'first_name',
    'Last Name': 'last_name',
    Title: 'title',
    'E-mail Address': 'email',
    'Business Phone': 'phone',
    'Mobile Phone': 'mobile',
    Company: 'company',
    'Job Title': 'position',
    'Business Street': 'address1',
    'Business Street 2': 'address2',
    'Business City': 'city',
    'Business State': 'state',
    'Business Postal Code': 'zipcode',
    'Business Country': 'country',
    'Business Country/Region': 'country',
    'Web Page': 'website',
    Categories: { to: 'tags', separator: ';' },
  },
};
