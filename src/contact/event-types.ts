/** Types of events that have a meaning everywhere; any other word may be one, too. */
export const STANDARD_EVENT_TYPES = [
  ...['page.hit', 'email.sent', 'email.read', 'email.click', 'sms.sent', 'sms.click'],
  ...['form.submit', 'asset.download', 'purchase'],
] as const;
