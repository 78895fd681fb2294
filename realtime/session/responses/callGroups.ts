/** The calls of one response that are still unanswered, and whether their answers want a response. */
type Group = {
  readonly id: string;
  readonly open: Set<string>;
  wanted: boolean;
  /** While the response itself runs, more calls may come. */
  isRunning: boolean;
};

/** What to do about the response that answered calls ask for. */
export type GroupVerdict =
  /** Nobody is waited for: ask. */
  | { readonly type: 'ask' }
  /** Others of the same response are still at work: ask when they are done, or after a while. */
  | { readonly type: 'wait'; readonly groupId: string }
  | { readonly type: 'nothing' };

const ASK: GroupVerdict = { type: 'ask' };
const NOTHING: GroupVerdict = { type: 'nothing' };

/**
 * Keeps together the function calls of one response: the model should see all their results before
 * it is asked to go on, or it answers by halves. Whoever waits sets a limit for slow ones and calls
 * `expired` when it has passed.
 */
export class CallGroups {
  readonly #groups = new Map<string, Group>();
  readonly #groupOfCall = new Map<string, Group>();

  /** A call of a running response; calls whose response is not known stand alone. */
  opened(callId: string, responseId: string | undefined): void {
    const id = responseId ?? callId;
    const known = this.#groups.get(id);
    const group = known ?? {
      id,
      open: new Set<string>(),
      wanted: false,
      isRunning: responseId !== undefined,
    };
    group.open.add(callId);
    this.#groups.set(id, group);
    this.#groupOfCall.set(callId, group);
  }

  /** A call was answered; `wants` says whether that answer asks for a response. */
  answered(callId: string, wants: boolean): GroupVerdict {
    const group = this.#groupOfCall.get(callId);
    if (group === undefined) return wants ? ASK : NOTHING;
    this.#groupOfCall.delete(callId);
    group.open.delete(callId);
    group.wanted ||= wants;
    if (group.isRunning || (group.open.size > 0 && !wants)) return NOTHING;
    return this.#verdict(group);
  }

  /** A response has ended; without an id, all that ran have. */
  responseEnded(responseId: string | undefined): readonly GroupVerdict[] {
    const ended = Array.from(this.#groups.values()).filter(
      ({ id, isRunning }) => isRunning && (responseId === undefined || responseId === id),
    );
    return ended.map((group) => {
      group.isRunning = false;
      return this.#verdict(group);
    });
  }

  /** The limit for slow calls has passed: true when a response is to be asked for without them. */
  expired(groupId: string): boolean {
    const group = this.#groups.get(groupId);
    if (group?.wanted !== true) return false;
    group.wanted = false;
    return true;
  }

  #verdict(group: Group): GroupVerdict {
    const { id, open, wanted } = group;
    if (open.size > 0) return wanted ? { type: 'wait', groupId: id } : NOTHING;
    this.#groups.delete(id);
    return wanted ? ASK : NOTHING;
  }
}
