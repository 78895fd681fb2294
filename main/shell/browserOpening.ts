type Env = Readonly<Record<string, string | undefined>>;

/** How to show an address in the user's browser; `undefined` where there is none to show it in. */
export function browserCommand(
  address: string,
  { platform, env }: { readonly platform: string; readonly env: Env },
): { readonly command: string; readonly args: readonly string[] } | undefined {
  // A machine that tests has nobody who looks; BROWSER=none is what many tools take for a no.
  if (isSet(env['CI']) || env['BROWSER'] === 'none' || !hasDisplay({ platform, env })) {
    return undefined;
  }
  switch (platform) {
    case 'win32':
      // What `start` does, without a shell that would read the address.
      return { command: 'rundll32', args: ['url.dll,FileProtocolHandler', address] };
    case 'darwin':
      return { command: 'open', args: [address] };
    default:
      return { command: 'xdg-open', args: [address] };
  }
}

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';

/** Whether a window could be seen by whoever started this. */
export function hasDisplay({
  platform,
  env,
}: {
  readonly platform: string;
  readonly env: Env;
}): boolean {
  switch (platform) {
    case 'win32':
    case 'darwin':
      // A remote shell may not open windows on the desktop of whoever sits there.
      return !isSet(env['SSH_CONNECTION']);
    default:
      return isSet(env['DISPLAY']) || isSet(env['WAYLAND_DISPLAY']);
  }
}
