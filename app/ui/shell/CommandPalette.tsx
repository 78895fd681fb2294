import type { ReactElement } from 'react';
import {
  Autocomplete,
  Dialog,
  Input,
  Menu,
  MenuItem,
  Modal,
  ModalOverlay,
  SearchField,
  useFilter,
} from 'react-aria-components';

import { classesOf } from '../classes.ts';
import type { Command } from './useCommands.ts';
import css from './CommandPalette.module.css';

const c = classesOf(css);

type PaletteProps = {
  readonly commands: readonly Command[];
  readonly isOpen: boolean;
  readonly onClose: () => void;
};

/** Every command with its key, found by typing. */
export function CommandPalette({ commands, isOpen, onClose }: PaletteProps): ReactElement {
  const { contains } = useFilter({ sensitivity: 'base' });
  return (
    <ModalOverlay
      className={c('scrim')}
      isDismissable
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className={c('palette')}>
        <Dialog className={c('dialog')} aria-label="Commands">
          <Autocomplete filter={contains}>
            {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the palette is opened in order to type into it */}
            <SearchField aria-label="Find a command" autoFocus className={c('search')}>
              <Input className={c('input')} placeholder="What do you want to do?" />
            </SearchField>
            <Menu
              className={c('menu')}
              aria-label="Commands"
              renderEmptyState={() => <p className={c('none')}>No command has these words.</p>}
              onAction={(key) => {
                onClose();
                commands.find(({ id }) => id === key)?.run();
              }}
            >
              {commands.map(({ id, label, keys }) => (
                <MenuItem key={id} id={id} textValue={label} className={c('item')}>
                  <span>{label}</span>
                  {keys !== undefined && <kbd>{keys}</kbd>}
                </MenuItem>
              ))}
            </Menu>
          </Autocomplete>
          <p className={c('hint')}>
            <kbd>Space</kbd> held talks while muted · <kbd>Enter</kbd> sends ·{' '}
            <kbd>Shift Enter</kbd> new line · <kbd>↑</kbd> recalls
          </p>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
