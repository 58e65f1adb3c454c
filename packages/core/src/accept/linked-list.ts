/** A member of a {@link LinkedList}: the list sets both. */
export interface Linked<M> {
  previous: M | undefined;
  next: M | undefined;
}

/**
 * For implementors: what comes and goes all the time, in the order it came: connections that are open, or waited for.
 *
 * A `Set` that lives long is not for that. V8 puts each table that it outgrows among the old objects, with all that
 * was in it: what has long gone is copied there, and stays until the next full collection.
 */
export class LinkedList<M extends Linked<M>> {
  #first: M | undefined;
  #last: M | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The one that came before all others. */
  get first(): M | undefined {
    return this.#first;
  }

  /** Adds one that is in no list. */
  add(member: M): void {
    member.previous = this.#last;
    if (this.#last === undefined) this.#first = member;
    else this.#last.next = member;
    this.#last = member;
    this.#size++;
  }

  /** Removes one. Returns whether it was here; it must not be in another list. */
  delete(member: M): boolean {
    const { previous, next } = member;
    if (previous === undefined && this.#first !== member) return false;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    // A member that is gone must not keep those that came after it.
    member.previous = undefined;
    member.next = undefined;
    this.#size--;
    return true;
  }

  /** Those that are here now. */
  toArray(): M[] {
    const members: M[] = [];
    for (let member = this.#first; member !== undefined; member = member.next) members.push(member);
    return members;
  }
}
