import type { ScanJob } from '../../scans.ts';
import { planPass } from './pass.ts';
import type { ScanReply } from './scan-into.ts';
import type { Scanner, ScannerOptions, StartScanner } from './scanner.ts';
import type { SideFiles } from './side-file.ts';

/**
 * So many passes are ordered of a scanner, so that it does not stand still while the run writes.
 */
const MOST_ORDERED = 2;
/**
 * What the page caches of all scanners may take together; a pass reads each page of the contacts
 * once, whatever stays in them.
 */
const CACHE_KIB = 32 * 1024;
/**
 * Conditions a pass. On a busy machine a first build of a hundred segments over 1 M contacts took
 * 17.1 s of processor time with ten and 16.0 with twenty; but the run waits for the first pass to
 * end, and the scanners for the run after the last.
 */
const MOST_CONDITIONS = 10;

/** What a pass found, in its side file, on the snapshot `seen`. */
export interface Found {
  readonly file: string;
  readonly segmentIds: readonly number[];
  readonly seen: number;
}

interface Waiting {
  readonly job: ScanJob;
  /** To be scanned in a pass of its own: the one with others failed. */
  readonly isAlone: boolean;
  readonly settle: (found: Found | undefined) => void;
}

interface Hand {
  readonly scanner: Scanner;
  /** By the side files that they fill. */
  readonly passes: Map<string, readonly Waiting[]>;
  isDead: boolean;
}

export interface PassesOptions extends Pick<ScannerOptions, 'realPath' | 'file'> {
  readonly startScanner: StartScanner;
  readonly scanners: number;
}

/** Hands conditions out to scanners, several at once. */
export class Passes {
  readonly #files: SideFiles;
  readonly #hire: () => Hand;
  readonly #scanners: number;
  readonly #hands: Hand[] = [];
  #waiting: Waiting[] = [];

  constructor(files: SideFiles, { realPath, file, startScanner, scanners }: PassesOptions) {
    this.#files = files;
    this.#scanners = scanners;
    this.#hire = () =>
      this.#hireBy(startScanner, { realPath, file, cacheKib: Math.floor(CACHE_KIB / scanners) });
  }

  /** In the order of the jobs: what each finds, undefined where its pass fails. */
  add(jobs: readonly ScanJob[]): Promise<Found | undefined>[] {
    const found = jobs.map(
      async (job) =>
        new Promise<Found | undefined>((settle) => {
          this.#waiting.push({ job, isAlone: false, settle });
        }),
    );
    this.#handOut();
    return found;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#hands.map(async (hand) => this.#dismiss(hand)));
    giveUp(this.#waiting.splice(0));
  }

  #hireBy(start: StartScanner, options: ScannerOptions): Hand {
    const onReply = (reply: ScanReply): void => this.#note(hand, reply);
    const hand: Hand = {
      scanner: start(options, { onReply, onEnd: () => this.#bury(hand) }),
      passes: new Map(),
      isDead: false,
    };
    this.#hands.push(hand);
    return hand;
  }

  #note({ passes }: Hand, reply: ScanReply): void {
    const pass = passes.get(reply.file) ?? [];
    passes.delete(reply.file);
    if ('seen' in reply) found(pass, reply);
    else this.#fail(pass, reply.file);
    this.#handOut();
  }

  /** One condition that cannot be evaluated must not take others along. */
  #fail(pass: readonly Waiting[], file: string): void {
    this.#files.remove(file);
    // rule: scan-alone
    if (pass.length === 1) giveUp(pass);
    else this.#waiting.unshift(...pass.map((waiting) => ({ ...waiting, isAlone: true })));
  }

  #handOut(): void {
    while (this.#waiting.length > 0) {
      const hand = this.#idlest();
      if (hand === undefined) {
        giveUp(this.#waiting.splice(0));
        return;
      }
      if (hand.passes.size >= MOST_ORDERED) return;
      this.#order(hand, this.#nextPass());
    }
  }

  /** As many as make a pass, or fewer, so that all scanners have something to do. */
  #nextPass(): Waiting[] {
    const alone = this.#waiting.findIndex(({ isAlone }) => isAlone);
    const together =
      alone === -1 ? Math.ceil(this.#waiting.length / this.#scanners) : Math.max(alone, 1);
    return this.#waiting.splice(0, Math.min(together, MOST_CONDITIONS));
  }

  /** One with nothing to do, hired now if need be; undefined when all are dead. */
  #idlest(): Hand | undefined {
    const [idlest] = this.#hands
      .filter((hand) => !hand.isDead)
      .sort((a, b) => a.passes.size - b.passes.size);
    return idlest?.passes.size !== 0 && this.#hands.length < this.#scanners ? this.#hire() : idlest;
  }

  #order({ passes, scanner }: Hand, pass: readonly Waiting[]): void {
    const file = this.#files.make(pass.length);
    if (file === undefined) {
      giveUp(pass); // no side files here: the run evaluates for itself
      return;
    }
    passes.set(file, pass);
    scanner.post({ ...planPass(pass.map(({ job }) => job)), file });
  }

  async #dismiss(hand: Hand): Promise<void> {
    await hand.scanner.stop();
    this.#bury(hand);
  }

  /** Nothing more comes from this one. */
  #bury(hand: Hand): void {
    hand.isDead = true;
    for (const pass of hand.passes.values()) giveUp(pass);
    hand.passes.clear();
    this.#handOut();
  }
}

function found(pass: readonly Waiting[], { file, seen }: Pick<Found, 'file' | 'seen'>): void {
  const segmentIds = pass.map(({ job }) => job.segmentId);
  for (const { settle } of pass) settle({ file, seen, segmentIds });
}

function giveUp(scans: readonly Waiting[]): void {
  for (const { settle } of scans) settle(undefined);
}
