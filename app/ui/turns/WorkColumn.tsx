import type { ReactElement } from 'react';
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';

import {
  finalAnswer,
  plainWords,
  planShare,
  type TurnEntry,
  workOf,
} from '../../state/conversation/index.ts';
import { useAssistant } from '../assistantContext.ts';
import { classesOf } from '../classes.ts';
import { Button, control } from '../controls.tsx';
import { haveSameMembers, useSelected, useStore } from '../useStore.ts';
import { WorkStatus } from './WorkCard.tsx';
import css from './WorkColumn.module.css';

const c = classesOf(css);

/** What runs in the background and what came of it. */
export function WorkColumn(): ReactElement {
  const work = useSelected(useAssistant().conversation, workOf, haveSameMembers);
  return (
    <>
      <h2 className={c('title')}>Work</h2>
      {work.length > 0 && <FollowUpSwitch />}
      {work.length === 0 && (
        <p className={c('empty')}>
          Ask for something that takes a while, by voice or by typing “ask the agent to …”. It runs
          here while you go on talking.
        </p>
      )}
      <ul className={c('list')}>
        {work.map((turn) => (
          <WorkRow key={turn.id} turn={turn} />
        ))}
      </ul>
    </>
  );
}

function FollowUpSwitch(): ReactElement {
  const assistant = useAssistant();
  const { followUp } = useStore(assistant.settings);
  return (
    <div className={c('followUp')}>
      <span id="follow-up">Asked while it works</span>
      <ToggleButtonGroup
        aria-labelledby="follow-up"
        className={control('segments')}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[followUp]}
        onSelectionChange={(keys) => {
          assistant.chooseVoice({ followUp: keys.has('steer') ? 'steer' : 'queue' });
        }}
      >
        <ToggleButton id="queue" className={control('segment')}>
          Waits
        </ToggleButton>
        <ToggleButton id="steer" className={control('segment')}>
          Joins
        </ToggleButton>
      </ToggleButtonGroup>
    </div>
  );
}

function WorkRow({ turn }: { readonly turn: TurnEntry }): ReactElement {
  const assistant = useAssistant();
  const prompt = turn.delegation?.prompt ?? '';
  const share = planShare(turn);
  const running = turn.status === 'inProgress';
  const answer = finalAnswer(turn);
  return (
    <li className={c('row')}>
      <b dir="auto">{prompt}</b>
      <div className={c('status')}>
        <small>
          <WorkStatus turn={turn} />
        </small>
        {running && (
          <Button
            looks={['plain', 'small']}
            aria-label={`Stop: ${prompt}`}
            onPress={() => {
              void assistant.stopTurn(turn.id);
            }}
          >
            Stop
          </Button>
        )}
      </div>
      {running && !turn.isQueued && (
        <progress
          className={c('bar')}
          aria-label="Steps done"
          {...(share === undefined ? {} : { value: share })}
        />
      )}
      {!running && answer !== '' && (
        <p className={c('answer')} dir="auto">
          {plainWords(answer)}
        </p>
      )}
    </li>
  );
}
