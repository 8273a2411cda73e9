/**
 * The strongly connected components of a graph, in time linear in its size and without recursion
 * (Tarjan, "Depth-first search and linear graph algorithms", 1972). Each comes after those that it
 * leads to, and otherwise in the order of `nodes`. Nodes that are led to and are not among `nodes`
 * are left out. A component of several nodes, or of one that leads to itself, is a cycle.
 */
export function componentsOf(
  nodes: readonly number[],
  leadsTo: (node: number) => readonly number[],
): number[][] {
  const search = new Search(nodes, leadsTo);
  for (const node of nodes) search.from(node);
  return search.components;
}

/** A node that is being visited, and which of those that it leads to comes next. */
interface Visit {
  readonly node: number;
  readonly next: Iterator<number>;
}

class Search {
  readonly components: number[][] = [];
  readonly #nodes: ReadonlySet<number>;
  readonly #leadsTo: (node: number) => readonly number[];
  /** In which order the nodes were come upon. */
  readonly #numbers = new Map<number, number>();
  /** The lowest number of a node that is open and can be reached; infinite once it is closed. */
  readonly #low = new Map<number, number>();
  readonly #open: number[] = [];

  constructor(nodes: readonly number[], leadsTo: (node: number) => readonly number[]) {
    this.#nodes = new Set(nodes);
    this.#leadsTo = leadsTo;
  }

  from(start: number): void {
    if (this.#low.has(start)) return;
    const visits = [this.#visit(start)];
    for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
      const { value: to, done } = visit.next.next() as IteratorResult<number, undefined>;
      if (done === true) this.#leave(visits, visit.node);
      else if (!this.#nodes.has(to)) continue;
      else if (this.#low.has(to)) this.#reach(visit.node, to);
      else visits.push(this.#visit(to));
    }
  }

  #visit(node: number): Visit {
    const number = this.#numbers.size;
    this.#numbers.set(node, number);
    this.#low.set(node, number);
    this.#open.push(node);
    return { node, next: this.#leadsTo(node)[Symbol.iterator]() };
  }

  #reach(node: number, to: number): void {
    this.#low.set(node, Math.min(this.#lowOf(node), this.#lowOf(to)));
  }

  #leave(visits: Visit[], node: number): void {
    visits.pop();
    if (this.#lowOf(node) === this.#numbers.get(node)) this.#close(node);
    const before = visits.at(-1);
    if (before !== undefined) this.#reach(before.node, node);
  }

  /** All nodes that were opened since this one belong to its component. */
  #close(node: number): void {
    const component = this.#open.splice(this.#open.lastIndexOf(node));
    for (const closed of component) this.#low.set(closed, Number.POSITIVE_INFINITY);
    this.components.push(component);
  }

  #lowOf(node: number): number {
    return this.#low.get(node) ?? Number.POSITIVE_INFINITY;
  }
}
