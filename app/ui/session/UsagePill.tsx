import type { ReactElement } from 'react';

import { clockText, kindsText } from '../../state/conversation/index.ts';
import type { SessionFacts } from '../../state/voice/index.ts';
import { useAssistant } from '../assistantContext.ts';
import { control, Pill } from '../controls.tsx';
import { useNow } from '../useNow.ts';
import { useSelected, useStore } from '../useStore.ts';

/** What this conversation has used, and what the provider still allows. */
export function UsagePill(): ReactElement {
  const { conversation, voice } = useAssistant();
  const tokens = useSelected(conversation, (state) => state.tokens);
  const { rateLimits } = useStore(voice.facts);
  const total = (tokens.text + tokens.voice.total).toLocaleString();
  return (
    <Pill label="Used:" text={`${total} tokens`} title="Used in this conversation">
      <dl className={control('facts')}>
        <dt>Voice model</dt>
        <dd>{tokens.voice.total.toLocaleString()} tokens</dd>
        <KindsRow name="in" kinds={tokens.voice.input} />
        <KindsRow name="out" kinds={tokens.voice.output} />
        <dt>Text model</dt>
        <dd>{tokens.text.toLocaleString()} tokens</dd>
      </dl>
      {rateLimits.length > 0 && (
        <>
          <h3>Left at the provider</h3>
          <RateLimits rateLimits={rateLimits} />
        </>
      )}
    </Pill>
  );
}

function KindsRow(props: {
  readonly name: string;
  readonly kinds: Parameters<typeof kindsText>[0];
}): ReactElement | null {
  const text = kindsText(props.kinds);
  if (text === '') return null;
  return (
    <>
      <dt className={control('part')}>{props.name}</dt>
      <dd className={control('part')}>{text}</dd>
    </>
  );
}

function RateLimits({ rateLimits }: Pick<SessionFacts, 'rateLimits'>): ReactElement {
  const nowMs = useNow(true);
  return (
    <dl className={control('facts')}>
      {rateLimits.map(({ name, limit, remaining, fullAtMs }) => (
        <div key={name} className={control('fact')}>
          <dt>{name}</dt>
          <dd>
            {remaining.toLocaleString()} of {limit.toLocaleString()}
            {remaining < limit && fullAtMs > nowMs && `, full in ${clockText(fullAtMs - nowMs)}`}
          </dd>
        </div>
      ))}
    </dl>
  );
}
