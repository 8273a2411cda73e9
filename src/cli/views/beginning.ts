import type { Beginning, CauseRow } from '../../store/index.ts';

/** `since 2026-03-01 12:00 via manual by ada: asked`; what is not known is left out. */
export function beginningText(
  { since, via, joined }: Beginning,
  instant: (at: number) => string,
): string {
  if (since === null) return 'since when nobody knows';
  return `since ${instant(since)} via ${via ?? ''}${decisionText(joined)}`;
}

/** ` by ada: asked` */
function decisionText(cause: CauseRow | null): string {
  const { by = null, reason = null } = cause ?? {};
  return `${by === null ? '' : ` by ${by}`}${reason === null ? '' : `: ${reason}`}`;
}

/** What a cause says beside when and through what, for programs. */
export function causeData(cause: CauseRow | null): Record<string, unknown> {
  return {
    cause: cause?.id ?? null,
    name: cause?.name ?? null,
    by: cause?.by ?? null,
    reason: cause?.reason ?? null,
    run_id: cause?.runId ?? null,
    import_id: cause?.importId ?? null,
    version: cause?.version ?? null,
  };
}
