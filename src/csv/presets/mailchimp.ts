import type { Preset } from './preset.ts';

export const MAILCHIMP: Preset = {
  name: 'mailchimp',
  title: 'Mailchimp',
  forms: [
    { title: 'subscribed contacts', signs: ['MEMBER_RATING', 'LEID', 'EUID'], seen: true },
    { title: 'unsubscribed contacts', signs: ['UNSUB_CAMPAIGN_ID'], seen: true },
    { title: 'cleaned contacts', signs: ['CLEAN_CAMPAIGN_ID'], seen: true },
  ],
  columns: {
    'Email Address': 'email',
    'First Name': 'first_name',
    'Last Name': 'last_name',
    Address: 'address1',
    'Phone Number': 'phone',
    CC: 'country',
    REGION: 'state',
    TIMEZONE: 'timezone',
    TAGS: { to: 'tags', separator: ',' },
    UNSUB_TIME: 'unsubscribed',
    UNSUB_CAMPAIGN_TITLE: 'unsubscribed:reason',
    UNSUB_CAMPAIGN_ID: 'unsubscribed:reason',
    UNSUB_REASON: 'unsubscribed:reason',
    UNSUB_REASON_OTHER: 'unsubscribed:reason',
    CLEAN_TIME: 'bounced',
    CLEAN_CAMPAIGN_TITLE: 'bounced:reason',
    CLEAN_CAMPAIGN_ID: 'bounced:reason',
    OPTIN_TIME: null,
    OPTIN_IP: null,
  },
  notes: [
    'Old exports have the columns of unsubscribing twice; what they say adds up.',
    'The time zone of the times is UTC.',
  ],
};
