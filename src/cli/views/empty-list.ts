/** These leave nothing out of a list that is empty. */
const NO_NARROWING = new Set(['limit', 'sort', 'desc']);

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
  const isNarrowed = Object.entries(narrowing).some(
    ([option, value]) => value !== undefined && !NO_NARROWING.has(option),
  );
  return isNarrowed ? `no ${things} match` : otherwise;
}
