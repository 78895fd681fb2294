/** Processors that the filter is made for, as Node calls them. */
export type FilterArch = 'x64' | 'arm64';

export type Syscall = (typeof REFUSED_SYSCALLS)[number] | 'socket' | 'socketpair' | 'ioctl';

/**
 * Never given to a command: they look into other processes, pass by the rules for sockets, or reach keys of the user
 * that no file stands for. What needs rights that a command does not have is not listed.
 */
export const REFUSED_SYSCALLS = [
  'ptrace',
  'process_vm_readv',
  'process_vm_writev',
  'process_madvise',
  'pidfd_getfd',
  'kcmp',
  'io_uring_setup',
  'io_uring_enter',
  'io_uring_register',
  'add_key',
  'request_key',
  'keyctl',
  'bpf',
  'perf_event_open',
  'userfaultfd',
  'open_by_handle_at',
] as const;

/** What the kernel calls a processor, and its numbers of calls. */
export const ARCHITECTURES: Readonly<
  Record<
    FilterArch,
    { readonly audit: number; readonly numbers: Readonly<Record<Syscall, number>> }
  >
> = {
  x64: {
    audit: 0xc000003e,
    numbers: {
      ptrace: 101,
      process_vm_readv: 310,
      process_vm_writev: 311,
      process_madvise: 440,
      pidfd_getfd: 438,
      kcmp: 312,
      io_uring_setup: 425,
      io_uring_enter: 426,
      io_uring_register: 427,
      add_key: 248,
      request_key: 249,
      keyctl: 250,
      bpf: 321,
      perf_event_open: 298,
      userfaultfd: 323,
      open_by_handle_at: 304,
      socket: 41,
      socketpair: 53,
      ioctl: 16,
    },
  },
  arm64: {
    audit: 0xc00000b7,
    numbers: {
      ptrace: 117,
      process_vm_readv: 270,
      process_vm_writev: 271,
      process_madvise: 440,
      pidfd_getfd: 438,
      kcmp: 272,
      io_uring_setup: 425,
      io_uring_enter: 426,
      io_uring_register: 427,
      add_key: 217,
      request_key: 218,
      keyctl: 219,
      bpf: 280,
      perf_event_open: 241,
      userfaultfd: 282,
      open_by_handle_at: 265,
      socket: 198,
      socketpair: 199,
      ioctl: 29,
    },
  },
};

export const isFilterArch = (arch: string): arch is FilterArch =>
  Object.hasOwn(ARCHITECTURES, arch);
