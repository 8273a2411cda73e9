/**
 * Forms of the language without a test of their own: other words for a test, or another operand.
 */
export interface Spelling {
  readonly example: string;
  readonly doc: string;
}

export const SPELLINGS: readonly Spelling[] = [
  {
    example: 'company.industry = "retail"',
    doc:
      "a field of the contact's company, with any test of its type; " +
      '`company` alone is `company.name`',
  },
  { example: 'tagged "vip"', doc: 'carries the tag; the same as `tags has any ("vip")`' },
  {
    example: 'did page.hit where subject like "/pricing%" in last 30 days',
    doc: 'has at least one such event; the same as `count(…) >= 1`',
  },
  {
    example: 'did form.submit where (subject = "contact" and property.size > 10)',
    doc: 'tests of one event: its `subject`, `value`, `occurred_at` and `property.NAME`',
  },
  {
    example: 'anniversary(birthday) in next 7 days',
    doc:
      'a yearly return of the date, from the date itself on; ' +
      '29 February falls on the 28th of common years',
  },
  { example: 'true', doc: 'every contact; `false` is none' },
];
