import { counted } from '../../support/text.ts';

/** Below a list: how many there are, or that it ended at `--limit`, behind which there may be more. */
export function listFooter(
  { limit }: { readonly limit?: number | undefined },
  singular: string,
  plural?: string,
): (count: number) => string {
  return (count) => {
    const many = counted(count, singular, plural);
    return count === limit ? `${many}, as many as --limit allows` : many;
  };
}
