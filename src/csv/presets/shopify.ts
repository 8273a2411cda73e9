import type { ColumnReading, Preset } from './preset.ts';

/** A `'` keeps spreadsheets from counting with the digits. */
const ZIP: ColumnReading = { to: 'zipcode', replace: [/^'/, ''] };

export const SHOPIFY: Preset = {
  name: 'shopify',
  title: 'Shopify',
  forms: [
    { title: 'customers', signs: ['Email', 'Accepts Email Marketing', 'Total Spent'], seen: true },
  ],
  columns: {
    'First Name': 'first_name',
    'Last Name': 'last_name',
    Email: 'email',
    Phone: 'phone',
    Company: 'company',
    Address1: 'address1',
    Address2: 'address2',
    City: 'city',
    Province: 'state',
    Country: 'country',
    Zip: ZIP,
    'Default Address Company': 'company',
    'Default Address Address1': 'address1',
    'Default Address Address2': 'address2',
    'Default Address City': 'city',
    'Default Address Province Code': 'state',
    'Default Address Country Code': 'country',
    'Default Address Zip': ZIP,
    Tags: { to: 'tags', separator: ',' },
    'Accepts Email Marketing': 'subscribed',
    'Accepts SMS Marketing': 'subscribed:sms',
    'Accepts WhatsApp Marketing': 'subscribed:whatsapp',
  },
};
