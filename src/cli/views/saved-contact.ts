import type { SavedContact } from '../../contact/contacts.ts';

/** `contact 1, ann@example.org` */
export function named({ id, email, anonymous }: SavedContact): string {
  return `contact ${id}${email === null ? '' : `, ${email}`}${anonymous ? ', anonymous' : ''}`;
}

export function savedData({
  id,
  email,
  anonymous,
  changed,
}: SavedContact): Readonly<Record<string, unknown>> {
  return { id, email, anonymous, changed };
}
