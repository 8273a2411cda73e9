/**
 * Who acts, and when: every rule of segments takes its clock (epoch ms) and its author from here.
 */
export interface Action {
  readonly now: number;
  readonly by: string | null;
}
