/** A sequence that never changes: oldest first. */
export interface Timeline<A> extends Iterable<A> {
  readonly length: number;
}
