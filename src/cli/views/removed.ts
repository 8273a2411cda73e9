import { counted } from '../../support/text.ts';

/** `3 contacts stay removed` */
export function removed(contacts: number): string {
  return `${counted(contacts, 'contact')} ${contacts === 1 ? 'stays' : 'stay'} removed`;
}
