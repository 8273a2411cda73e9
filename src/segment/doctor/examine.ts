import type { HealthReader, ReadTx, SegmentRow, Store } from '../../store/index.ts';
import { EXIT, UserError } from '../../support/errors.ts';
import { shellQuoted } from '../../support/shell-quote.ts';
import { BUILD_CHECKS } from './build-checks.ts';
import { type Check, type Examined, finding, type Finding, type Severity } from './check.ts';
import { DATA_CHECKS } from './data-checks.ts';
import { FILE_CHECKS } from '../../store/sqlite/health/file-checks.ts';
import { LOG_CHECKS } from '../../store/sqlite/health/log-checks.ts';
import { SCHEMA_CHECKS } from '../../store/sqlite/health/schema-checks.ts';
import { SEGMENT_CHECKS } from './segment-checks.ts';

/** All that `doctor` looks at, in the order of its report. */
export const CHECKS: readonly Check[] = [
  ...SCHEMA_CHECKS,
  ...DATA_CHECKS,
  ...SEGMENT_CHECKS,
  ...LOG_CHECKS,
  ...BUILD_CHECKS,
  ...FILE_CHECKS,
];

export interface Examination {
  readonly id: string;
  readonly title: string;
  /** `ok`, or that of the worst finding. */
  readonly severity: 'ok' | Severity;
  readonly findings: readonly Finding[];
  readonly ms: number;
}

export interface DoctorRequest {
  /** Epoch ms. */
  readonly now: number;
  /** Also look at what takes minutes on a large store. */
  readonly deep: boolean;
  /** A segment that was not built for so long is stale. */
  readonly staleMs: number;
  /** Called before each check, for progress. */
  readonly onCheck?: ((title: string) => void) | undefined;
}

/**
 * Puts all questions to one snapshot of the store. Reads only, and waits for nobody. What damage
 * keeps from being read is a finding.
 */
export async function examineStore(
  store: Store,
  request: DoctorRequest,
): Promise<readonly Examination[]> {
  const examinations: Examination[] = [];
  try {
    await store.read(async (tx) => {
      const examined = await lookAround(store, tx, request);
      for (const check of CHECKS) {
        request.onCheck?.(check.title);
        examinations.push(await examine(check, examined));
      }
    });
  } catch (error) {
    const isDamaged = examinations.some(
      ({ id, severity }) => id === 'integrity' && severity === 'error',
    );
    // a damaged file may not even let a reader end
    if (!isDamaged || examinations.length < CHECKS.length) throw error;
  }
  return examinations;
}

async function lookAround(
  store: Store,
  tx: ReadTx,
  request: DoctorRequest,
): Promise<Examined & { readonly blindness: string | undefined }> {
  const health = await tx.health();
  const segments = await attempt<readonly SegmentRow[]>(health, async () => tx.segments.list());
  const isRunRecorded = await attempt(health, async () =>
    (await tx.runs.list({})).some((run) => run.status === 'running'),
  );
  return {
    ...request,
    tx,
    health,
    segments: segments.kind === 'read' ? segments.value : [],
    blindness: segments.kind === 'read' ? undefined : segments.why,
    surroundings: await store.surroundings(isRunRecorded.kind === 'read' && isRunRecorded.value),
    command: (words) => `rollcall ${words} --db ${shellQuoted(store.location)}`,
  };
}

const NEED_SEGMENTS = [...SEGMENT_CHECKS, ...LOG_CHECKS, ...BUILD_CHECKS];

async function examine(
  check: Check,
  { blindness, ...examined }: Examined & { readonly blindness: string | undefined },
): Promise<Examination> {
  const { id, title, find } = check;
  const started = performance.now();
  const isBlind = blindness !== undefined && NEED_SEGMENTS.includes(check);
  const found: Attempt<readonly Finding[]> = isBlind
    ? { kind: 'unreadable', why: blindness }
    : await attempt(examined.health, async () => find(examined));
  const findings = found.kind === 'read' ? found.value : [unreadable(found.why)];
  return {
    id,
    title,
    severity: worstOf(findings),
    findings,
    ms: Math.round(performance.now() - started),
  };
}

type Attempt<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'unreadable'; readonly why: string };

async function attempt<T>(health: HealthReader, read: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { kind: 'read', value: await read() };
  } catch (error) {
    const why =
      health.damageIn(error) ??
      (error instanceof UserError && error.exit === EXIT.noStore ? error.message : undefined);
    if (why === undefined) throw error;
    return { kind: 'unreadable', why };
  }
}

function unreadable(why: string): Finding {
  return finding('error', `this cannot be looked at: ${why}`, {
    hint: 'put right what integrity and schema say first',
  });
}

const SEVERITIES = ['error', 'warning', 'note'] as const;

function worstOf(findings: readonly Finding[]): Examination['severity'] {
  return SEVERITIES.find((severity) => findings.some((each) => each.severity === severity)) ?? 'ok';
}
