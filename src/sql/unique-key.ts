import { fold, isAscii } from '../support/fold.ts';
import { asciiLabel } from '../support/punycode.ts';
import { toNfc } from '../support/text.ts';
import type { FieldType } from './field-types.ts';

/**
 * What a value of a unique field is compared by: two values are the same where their keys are.
 * Texts compare without case, as in filters, without the blanks at their ends, in NFC; the domain
 * of an address also in punycode; phones by their digits, in which a leading `00` is `+`.
 */
export function uniqueKey<T extends string | number | null>(
  type: FieldType,
  value: T | string,
): T | string {
  if (typeof value !== 'string') return value;
  switch (type) {
    case 'email':
      return emailKey(value);
    case 'phone':
      return phoneKey(value);
    default:
      return textKey(value);
  }
}

function textKey(text: string): string {
  const trimmed = text.trim();
  // by NFC once more: folding can leave letters that compose
  return isAscii(trimmed) ? trimmed.toLowerCase() : toNfc(fold(toNfc(trimmed)));
}

function emailKey(text: string): string {
  const key = textKey(text);
  if (isAscii(key)) return key;
  const at = key.lastIndexOf('@');
  const domain = key.slice(at + 1);
  if (at < 0 || isAscii(domain)) return key;
  return key.slice(0, at + 1) + domainKey(domain);
}

/** In characters. */
const LONGEST_DOMAIN = 253;

/**
 * The domain as name servers have it, where its letters are ones that a domain can have: every database
 * has to make the same of it, so that it is by NFKC and not by the tables of IDNA.
 */
function domainKey(domain: string): string {
  if (Array.from(domain).length > LONGEST_DOMAIN) return domain;
  const plain = toNfc(fold(domain.normalize('NFKC')));
  return plain
    .split(/[.\u3002]/)
    .map(asciiLabel)
    .join('.');
}

function phoneKey(text: string): string {
  const digits = text.replace(/[^0-9]+/g, '').replace(/^00/, '');
  return digits === '' ? textKey(text) : digits;
}
