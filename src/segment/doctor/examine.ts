import {
  finding,
  type Finding,
  type HealthReader,
  type OwnChecks,
  type ReadTx,
  type SegmentRow,
  type Severity,
  type Store,
} from '../../store/index.ts';
import { EXIT, UserError } from '../../support/errors.ts';
import { shellQuoted } from '../../support/shell-quote.ts';
import { BUILD_CHECKS } from './build-checks.ts';
import type { Check, Examined } from './check.ts';
import { DATA_CHECKS } from './data-checks.ts';
import { FIELD_CHECKS } from './field-checks.ts';
import { SEGMENT_CHECKS } from './segment-checks.ts';

export interface Examination {
  readonly id: string;
  readonly title: string;
  /** `ok`, or the severity of the worst finding. */
  readonly severity: 'ok' | Severity;
  readonly findings: readonly Finding[];
  readonly ms: number;
}

export interface DoctorRequest {
  /** Epoch ms. */
  readonly now: number;
  /** Also make the checks that take minutes on a large store. */
  readonly deep: boolean;
  /** A segment whose last build is longer ago than this many milliseconds is stale. */
  readonly staleMs: number;
  /** Called before each check, for progress. */
  readonly onCheck?: ((title: string) => void) | undefined;
}

/**
 * Makes all checks on one snapshot of the store. It only reads, and waits for no lock. If damage
 * keeps something from being read, that is a finding.
 */
export async function examineStore(
  store: Store,
  request: DoctorRequest,
): Promise<readonly Examination[]> {
  const examinations: Examination[] = [];
  let expected = Number.POSITIVE_INFINITY;
  try {
    await store.read(async (tx) => {
      const { questions, examined } = await lookAround(store, tx, request);
      expected = questions.length;
      for (const question of questions) {
        request.onCheck?.(question.check.title);
        examinations.push(await examine(question, examined));
      }
    });
  } catch (error) {
    const isDamaged = examinations.some(
      ({ id, severity }) => id === 'integrity' && severity === 'error',
    );
    // in a damaged file even the end of a read transaction may fail
    if (!isDamaged || examinations.length < expected) throw error;
  }
  return examinations;
}

async function lookAround(
  store: Store,
  tx: ReadTx,
  request: DoctorRequest,
): Promise<{ readonly questions: readonly Question[]; readonly examined: Examined }> {
  const health = await tx.health();
  const segments = await attempt<readonly SegmentRow[]>(health, async () => tx.segments.list());
  const isRunRecorded = await attempt(health, async () =>
    (await tx.runs.list({})).some((run) => run.status === 'running'),
  );
  const own = await health.ownChecks(isRunRecorded.kind === 'read' && isRunRecorded.value);
  return {
    questions: questionsOf(own, segments.kind === 'read' ? undefined : segments.why),
    examined: {
      ...request,
      tx,
      health,
      segments: segments.kind === 'read' ? segments.value : [],
      isRunAtWork: own.isRunAtWork,
      command: (words) => `rollcall ${words} --db ${shellQuoted(store.location)}`,
    },
  };
}

/** A check, and why it cannot be made; `obstacle` is undefined where it can. */
interface Question {
  readonly check: Check;
  readonly obstacle: string | undefined;
}

/**
 * All checks of `doctor`, in the order of its report. `obstacle` says why the segments cannot be
 * read; the checks that need them are then not made.
 */
function questionsOf(own: OwnChecks, obstacle: string | undefined): Question[] {
  const ask = (checks: readonly Check[], why?: string): Question[] =>
    checks.map((check) => ({ check, obstacle: why }));
  return [
    ...ask([...own.structure, ...FIELD_CHECKS, ...DATA_CHECKS]),
    ...ask([...SEGMENT_CHECKS, ...own.recording, ...BUILD_CHECKS], obstacle),
    ...ask(own.surroundings),
  ];
}

async function examine({ check, obstacle }: Question, examined: Examined): Promise<Examination> {
  const { id, title, find } = check;
  const started = performance.now();
  const found: Attempt<readonly Finding[]> =
    obstacle === undefined
      ? await attempt(examined.health, async () => find(examined))
      : { kind: 'unreadable', why: obstacle };
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
    return { kind: 'read', value: await health.apart(read) };
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
