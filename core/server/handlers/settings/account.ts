import { ProductError } from '../../../base/index.ts';
import { isThreadId } from '../../../protocol/index.ts';
import { invalidRequest } from '../../../rpc/index.ts';
import type { Services } from '../../services.ts';
import type { Handlers } from '../handler.ts';
import { checkOwner, loaded, refusing } from '../params.ts';

type AccountHandlers = Pick<
  Handlers,
  | 'account/read'
  | 'account/login/start'
  | 'account/login/cancel'
  | 'account/logout'
  | 'account/rateLimits/read'
>;

/** Who is signed in with OpenAI, and signing in with a key (app-server §9). */
export function accountHandlers(services: Services): AccountHandlers {
  const { providers, subscriptions } = services;
  return {
    'account/read': async () => {
      const { provider } = await loaded(services.resolveConfig());
      const signIn = await providers.signIn(provider);
      return {
        result: {
          account: signIn === 'apiKey' ? { type: 'apiKey' } : null,
          userId: null,
          requiresOpenaiAuth: signIn !== 'notAsked',
          workspaceRouting: null,
        },
      };
    },

    'account/login/start': async (params, client) => {
      checkOwner(client, 'Signing in');
      if (params.type !== 'apiKey') {
        throw invalidRequest(
          `Signing in by ${params.type} is not possible here; sign in with an API key`,
        );
      }
      await refusing(providers.storeKey(params.apiKey), (error) =>
        error instanceof ProductError && error.code === 'keyUnusable'
          ? invalidRequest(error.message)
          : undefined,
      );
      return {
        result: { type: 'apiKey' },
        after: () => {
          subscriptions.broadcast('account/login/completed', {
            loginId: null,
            success: true,
            error: null,
            onboardingEntrypoint: null,
          });
          subscriptions.broadcast('account/updated', { authMode: 'apikey', planType: null });
        },
      };
    },

    // A key is taken at once, so there is never a sign-in under way.
    'account/login/cancel': ({ loginId }) => {
      if (!isThreadId(loginId)) throw invalidRequest(`invalid login id: ${loginId}`);
      return { result: { status: 'notFound' } };
    },

    'account/logout': async (_params, client) => {
      checkOwner(client, 'Signing out');
      await providers.forgetKey();
      return {
        result: {},
        after: () => {
          subscriptions.broadcast('account/updated', { authMode: null, planType: null });
        },
      };
    },

    'account/rateLimits/read': () => {
      throw invalidRequest(
        'Only a ChatGPT account has rate limits to read; those of a key are told after each answer',
      );
    },
  };
}
