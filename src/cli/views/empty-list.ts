/** What narrows a list down: what is undefined does not. */
type Narrowing = Readonly<Record<string, unknown>>;

/**
 * What people read where a list is empty: that nothing matches what was asked, or that there is
 * nothing at all, best with what to do next.
 */
export function emptyList(
  things: string,
  narrowing: Narrowing,
  otherwise = `no ${things}`,
): string {
  const isNarrowed = Object.values(narrowing).some((value) => value !== undefined);
  return isNarrowed ? `no ${things} match` : otherwise;
}
