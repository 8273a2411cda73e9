/** A contact as it was named; an id alone would read as a count. */
export function namedAs(reference: string): string {
  return /^\d+$/.test(reference) ? `contact ${reference}` : reference;
}
