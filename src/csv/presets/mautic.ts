import type { Preset } from './preset.ts';

export const MAUTIC: Preset = {
  name: 'mautic',
  title: 'Mautic',
  forms: [
    {
      title: 'export',
      signs: ['firstname', 'lastname', 'email', 'preferred_locale', 'attribution'],
      seen: true,
    },
    {
      title: 'export with instants',
      signs: ['email', 'firstname', 'lastname', 'date_identified'],
      seen: false,
    },
    { title: 'export with wishes', signs: ['email', 'dnc_email'], seen: false },
    {
      title: 'report on Do Not Contact, for `suppressions:import`',
      signs: ['Email', 'DNC Reason'],
      seen: true,
      source: '`ReportDNCSubscriber.php` and `messages.ini` of Mautic, which name its columns',
    },
    {
      title: 'import file',
      signs: ['email', 'firstname', 'lastname', 'doNotEmail'],
      seen: true,
      source: '`ImportContactSubscriber.php` of Mautic, which names the columns that are no fields',
    },
  ],
  columns: {
    email: 'email',
    firstname: 'first_name',
    lastname: 'last_name',
    zipcode: 'zipcode',
    companyname: 'company',
    preferred_locale: 'locale',
    date_added: 'created_at',
    dateAdded: 'created_at',
    date_identified: 'identified_at',
    dateIdentified: 'identified_at',
    last_active: 'last_active_at',
    lastActive: 'last_active_at',
    ownerusername: 'owner',
    doNotEmail: 'do_not_contact:email',
    dnc_email: { to: 'unsubscribed:reason', words: { '2': 'bounced', '3': 'manual' } },
    dnc_sms: { to: 'unsubscribed:sms:reason', words: { '2': 'bounced', '3': 'manual' } },
  },
  list: {
    'DNC Reason': {
      to: 'status',
      words: {
        'DNC Unsubscribed': 'unsubscribed',
        'DNC Bounced': 'bounced',
        'DNC Manually Unsubscribed': 'manual',
        Contactable: 'reachable',
      },
    },
    'DNC Channel': { to: 'channel', replace: [/^Text Messages?$/, 'sms'] },
    'DNC Date': 'created_at',
    'DNC Comment': null,
    'DNC Channel ID': null,
  },
  notes: [
    'The usual export says nothing about who must not be reached: that is exported apart, as a ' +
      'report on Do Not Contact, which has a row for each wish. `suppressions:import` reads it.',
    'In `dnc_…`, 1 is unsubscribed, 2 bounced and 3 manual; so is any other text but a no a 1.',
  ],
};
