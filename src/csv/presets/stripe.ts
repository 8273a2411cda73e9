import type { Preset } from './preset.ts';

export const STRIPE: Preset = {
  name: 'stripe',
  title: 'Stripe',
  forms: [
    { title: 'customers', signs: ['Email', 'Created (UTC)', 'Delinquent'], seen: true },
    { title: 'customers', signs: ['Customer Email', 'Created (UTC)'], seen: false },
  ],
  columns: { Email: 'email', 'Created (UTC)': 'created_at', Status: null },
  notes: ['`Status` is that of a subscription which is paid for, and suppresses nobody.'],
};
