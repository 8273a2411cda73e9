/** Types of events that have the same meaning in every store; any other word may be a type too. */
export const STANDARD_EVENT_TYPES = [
  ...['page.hit', 'email.sent', 'email.read', 'email.click', 'sms.sent', 'sms.click'],
  ...['form.submit', 'asset.download', 'purchase'],
] as const;
