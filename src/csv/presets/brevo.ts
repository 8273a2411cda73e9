import type { Preset } from './preset.ts';

export const BREVO: Preset = {
  name: 'brevo',
  title: 'Brevo',
  forms: [
    { title: 'contacts', signs: ['EMAIL', 'EMAIL_BLACKLISTED'], seen: true },
    { title: 'contacts', signs: ['EMAIL', 'FIRSTNAME', 'LASTNAME', 'SMS'], seen: true },
    { title: 'contacts', signs: ['CONTACT ID', 'EMAIL'], seen: true },
  ],
  columns: {
    EMAIL: 'email',
    FIRSTNAME: 'first_name',
    PRENOM: 'first_name',
    LASTNAME: 'last_name',
    NOM: 'last_name',
    SMS: 'mobile',
    LANDLINE_NUMBER: 'phone',
    EMAIL_BLACKLISTED: 'unsubscribed',
    SMS_BLACKLISTED: 'unsubscribed:sms',
    WHATSAPP_BLACKLISTED: 'unsubscribed:whatsapp',
    ADDED_TIME: { to: 'created_at', replace: [/^(\d\d)-(\d\d)-(\d{4})/, '$3-$2-$1'] },
    OPT_IN: null,
    'DOUBLE_OPT-IN': null,
  },
  notes: ['`OPT_IN` and `DOUBLE_OPT-IN` say how somebody signed up, which suppresses nobody.'],
};
