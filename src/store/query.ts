export interface Page {
  /** Only rows with a greater id. */
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}
