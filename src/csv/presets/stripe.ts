import type { Preset } from './preset.ts';

export const STRIPE: Preset = {
  name: 'stripe',
  title: 'Stripe',
  forms: [{ title: 'customers', signs: ['Email', 'Created (UTC)', 'Delinquent'], seen: true }],
  columns: { Email: 'email', 'Created (UTC)': 'created_at', Status: null },
  notes: ['`Status` is that of a subscription which is paid for, and suppresses nobody.'],
};

/** Apart, because `Created (UTC)` is when something was paid, not when somebody became a customer. */
export const STRIPE_PAYMENTS: Preset = {
  name: 'stripe-payments',
  title: 'Stripe, payments',
  forms: [
    {
      title: 'payments',
      signs: ['Customer Email', 'Created (UTC)', 'Amount'],
      seen: true,
      source: 'public programs that read `payments.csv`',
    },
    {
      title: 'payments, today',
      signs: ['Customer Email', 'Created date (UTC)', 'Amount'],
      seen: true,
      source: 'tests of public programs that read `unified_payments.csv`',
    },
  ],
  columns: {
    'Customer Email': 'email',
    'Card Address Line1': 'address1',
    'Card Address Line2': 'address2',
    'Card Address City': 'city',
    'Card Address State': 'state',
    'Card Address Country': 'country',
    'Card Address Zip': 'zipcode',
    Status: null,
  },
  notes: [
    '`Status` is that of the payment, and suppresses nobody. When something was paid is left out: ' +
      '`events:import` reads it with `--map "Customer Email=email,Created (UTC)=occurred_at"`.',
  ],
};
