import type { Reads } from '../../changes.ts';

/*
 * What a change is about and what a filter reads, as bits of one number, so that triggers can log
 * the one and a statement can hold it against the other. Some bits stand for several things: then
 * more is nominated than has to be, and the filter decides.
 */

export type Aspects = bigint;

/** Contacts that come and go are about all. */
export const EXISTENCE: Aspects = 1n;
export const TAGS: Aspects = 1n << 1n;
export const CONSENT: Aspects = 1n << 2n;
/** What a company is; which one a contact has is a field of the contact. */
export const COMPANY: Aspects = 1n << 3n;
/**
 * Standard fields of contacts have bits of their own, custom ones share some; so do types of
 * events.
 */
export const EVENTS = { first: 4, bits: 16 };
const STANDARD = { first: 20, bits: 27 };
const CUSTOM = { first: STANDARD.first + STANDARD.bits, bits: 15 };

export const EVERYTHING: Aspects = -1n;

/** The field that says which company a contact has. */
const COMPANY_OF_CONTACT = 21;

/** Of a field of contacts, by its id: standard ones are numbered from 1. */
export function fieldAspect(id: number): Aspects {
  const bit = id <= STANDARD.bits ? STANDARD.first + id - 1 : CUSTOM.first + (id % CUSTOM.bits);
  return 1n << BigInt(bit);
}

/**
 * Of an event, from the first, the last and the last but one letter of its type, whatever their
 * case, as SQL of a trigger: `type` is its column there.
 */
export function eventAspectSql(type: string): string {
  // applications make a lower() of their own
  const letter = (at: string): string => `(unicode(substr(${type}, ${at})) & 31)`;
  const sum = `${letter('1')} + ${letter('-1')} * 3 + ${letter('-2')} * 5 + length(${type})`;
  return `coalesce(1 << (${EVENTS.first} + (${sum}) % ${EVENTS.bits}), ${String(allEvents())})`;
}

/**
 * The same of a folded type. The cases of ASCII letters alone are told from their codes: a type
 * with others may be logged as any.
 */
function eventAspect(type: string): Aspects {
  // rule: reads-letters
  if (!/^[\u{1}-\u{7f}]+$/u.test(type)) return allEvents();
  const letter = (text: string): number => text.charCodeAt(0) & 31;
  const sum = letter(type) + letter(type.slice(-1)) * 3 + letter(type.slice(-2)) * 5 + type.length;
  return 1n << BigInt(EVENTS.first + (sum % EVENTS.bits));
}

function allEvents(): Aspects {
  return ((1n << BigInt(EVENTS.bits)) - 1n) << BigInt(EVENTS.first);
}

/** All that is read; that contacts exist always is. */
export function aspectsOf(reads: readonly Reads[]): Aspects {
  return reads.reduce(
    (all, { profile, company, tags, consent, eventTypes }) =>
      [
        // rule: reads-fields
        ...profile.map(fieldAspect),
        // rule: reads-events
        ...eventTypes.map(eventAspect),
        // rule: reads-link, reads-company
        company ? COMPANY | fieldAspect(COMPANY_OF_CONTACT) : 0n,
        // rule: reads-tags
        tags ? TAGS : 0n,
        // rule: reads-consent
        consent ? CONSENT : 0n,
      ].reduce((sum, aspect) => sum | aspect, all),
    EXISTENCE,
  );
}
