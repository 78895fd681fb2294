import type { ReactElement, ReactNode } from 'react';
import { Dialog, Modal, ModalOverlay } from 'react-aria-components';

import { classesOf } from '../classes.ts';
import { Button } from '../controls.tsx';
import { Icon } from '../icons.tsx';
import css from './Drawer.module.css';

const c = classesOf(css);

type DrawerProps = {
  readonly side: 'left' | 'right';
  readonly label: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

/** A list that stands beside the conversation on wide screens, over it on narrow ones. */
export function Drawer({ side, label, isOpen, onClose, children }: DrawerProps): ReactElement {
  return (
    <ModalOverlay
      className={c('scrim')}
      isDismissable
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className={c('drawer', side)}>
        <Dialog className={c('dialog')} aria-label={label}>
          <div className={c('close')}>
            <Button looks={['plain', 'icon']} aria-label={`Close ${label}`} onPress={onClose}>
              <Icon name="end" />
            </Button>
          </div>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
