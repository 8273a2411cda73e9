/** A place in the store where an address still stands that was erased: `segments.filter`. */
export interface Remains {
  readonly place: string;
  readonly rows: number;
}

export interface Erased {
  readonly contacts: number;
  /** What is no trace of theirs but holds one of their addresses, by place. */
  readonly remains: readonly Remains[];
}

/** A value of a unique field. */
export interface UniqueValue {
  readonly column: string;
  readonly value: string | number;
}

export interface ErasedReader {
  /** Since when (epoch ms) those are erased who had these values; null for those who are not. */
  since(values: readonly UniqueValue[]): Promise<(number | null)[]>;
  /** Whether what was erased may still be read in the files of the store, see `Store.scour`. */
  isPending(): Promise<boolean>;
}

export interface ErasedWriter extends ErasedReader {
  /** Lets those in again who had these values. */
  readmit(values: readonly UniqueValue[]): Promise<void>;
}
