import { assemble, type Step } from './assembler.ts';
import { ARCHITECTURES, type FilterArch, REFUSED_SYSCALLS } from './syscalls.ts';

/** Of `linux/seccomp.h`. */
const ALLOW = 0x7fff0000;
const REFUSE = 0x00050000;
const KILL_PROCESS = 0x80000000;
const EPERM = 1;

/** Where what stands in `struct seccomp_data`; of an argument the lower half, which is all the kernel looks at here. */
const OFFSETS = { number: 0, arch: 4, argument: (index: number): number => 16 + index * 8 };

/** Numbers from here on are the second table of x86-64, whose calls would pass a filter for the first. */
const SECOND_TABLE = 0x40000000;

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const SOCK_TYPE_MASK = 0xf;
const SOCK_DGRAM = 2;
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;

/**
 * What a command may ask of the kernel. Whether there is a network is for its namespace to say. A
 * unix socket is refused always: what listens on one, a desktop's bus or a daemon of containers, does for whoever
 * asks what the command itself may not. Pairs of sockets stay, for children on pipes; but no datagram pairs, because
 * each message of these can be given another receiver.
 */
export function seccompFilter(arch: FilterArch): Buffer {
  const { audit, numbers } = ARCHITECTURES[arch];
  const steps: Step[] = [
    { op: 'load', offset: OFFSETS.arch },
    { op: 'jumpIf', is: '==', value: audit, to: 'native' },
    { op: 'return', value: KILL_PROCESS },
    { op: 'label', name: 'native' },
    { op: 'load', offset: OFFSETS.number },
    { op: 'jumpIf', is: '>=', value: SECOND_TABLE, to: 'refuse' },
    { op: 'jumpIf', is: '==', value: numbers.socket, to: 'socket' },
    { op: 'jumpIf', is: '==', value: numbers.socketpair, to: 'socketpair' },
    { op: 'jumpIf', is: '==', value: numbers.ioctl, to: 'ioctl' },
    ...REFUSED_SYSCALLS.map((name): Step => ({
      op: 'jumpIf',
      is: '==',
      value: numbers[name],
      to: 'refuse',
    })),
    { op: 'jump', to: 'allow' },

    { op: 'label', name: 'socket' },
    { op: 'load', offset: OFFSETS.argument(0) },
    { op: 'jumpIf', is: '==', value: AF_INET, to: 'allow' },
    { op: 'jumpIf', is: '==', value: AF_INET6, to: 'allow' },
    { op: 'jumpIf', is: '==', value: AF_NETLINK, to: 'allow' },
    { op: 'jump', to: 'refuse' },

    { op: 'label', name: 'socketpair' },
    { op: 'load', offset: OFFSETS.argument(0) },
    { op: 'jumpIf', is: '==', value: AF_UNIX, to: 'pair' },
    { op: 'jump', to: 'refuse' },
    { op: 'label', name: 'pair' },
    { op: 'load', offset: OFFSETS.argument(1) },
    { op: 'and', value: SOCK_TYPE_MASK },
    { op: 'jumpIf', is: '==', value: SOCK_DGRAM, to: 'refuse' },
    { op: 'jump', to: 'allow' },

    // Letters put into a terminal are typed to whoever reads it next.
    { op: 'label', name: 'ioctl' },
    { op: 'load', offset: OFFSETS.argument(1) },
    { op: 'jumpIf', is: '==', value: TIOCSTI, to: 'refuse' },
    { op: 'jumpIf', is: '==', value: TIOCLINUX, to: 'refuse' },
    { op: 'jump', to: 'allow' },

    { op: 'label', name: 'refuse' },
    { op: 'return', value: REFUSE + EPERM },
    { op: 'label', name: 'allow' },
    { op: 'return', value: ALLOW },
  ];
  return assemble(steps);
}
