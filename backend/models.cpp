// SPDX-License-Identifier: Apache-2.0
#include "backend/models.hpp"

#include "ashlar/audit/tree.hpp"
#include "ashlar/events/event_row.hpp"
#include "ashlar/instances/instance_row.hpp"
#include "ashlar/instances/revocation_sync.hpp"
#include "ashlar/jobs/rows.hpp"
#include "backend/api_keys/api_key_row.hpp"
#include "backend/auth/challenge_row.hpp"
#include "backend/auth/mfa_rows.hpp"
#include "backend/auth/session_row.hpp"
#include "backend/authority/authority_rows.hpp"
#include "backend/exports/export_row.hpp"
#include "backend/jwt_keys/jwt_key_set_row.hpp"
#include "backend/list_counts.hpp"
#include "backend/mail/mail_preference_row.hpp"
#include "backend/mail/suppression_row.hpp"
#include "backend/notifications/notification_rows.hpp"
#include "backend/oauth/identity_row.hpp"
#include "backend/orders/order_row.hpp"
#include "backend/orders/payment_row.hpp"
#include "backend/passkeys/passkey_row.hpp"
#include "backend/posts/post.hpp"
#include "backend/products/product.hpp"
#include "backend/realtime/realtime_rows.hpp"
#include "backend/users/role_rows.hpp"
#include "backend/users/user_row.hpp"
#include "backend/webhooks/webhook_rows.hpp"

namespace ashlar::backend {

std::vector<sql::TableModel> models() {
  using sql::model_of;
  return {model_of<PermissionRow>(),
          model_of<RoleRow>(),
          model_of<RolePermissionRow>(),
          model_of<UserRow>(),
          model_of<UserPermissionRow>(),
          model_of<SessionRow>(),
          model_of<instances::RevokedSessionRow>(),
          model_of<instances::InstanceRow>(),
          model_of<JwtKeySetRow>(),
          model_of<Post>(),
          model_of<Product>(),
          model_of<OrderRow>(),
          model_of<OrderItemRow>(),
          model_of<PaymentRow>(),
          model_of<StripeEventRow>(),
          model_of<ExportRow>(),
          model_of<ExportChunkRow>(),
          model_of<IdempotencyRow>(),
          model_of<ListCountRow>(),
          model_of<MfaSecretRow>(),
          model_of<MfaRecoveryCodeRow>(),
          model_of<MfaChallengeRow>(),
          model_of<GrantRow>(),
          model_of<AuthorityVersionRow>(),
          model_of<AuthorityChangeRow>(),
          model_of<ApiKeyRow>(),
          model_of<IdentityRow>(),
          model_of<UsedOauthFlowRow>(),
          model_of<ChallengeRow>(),
          model_of<PasskeyRow>(),
          model_of<PasskeyChallengeRow>(),
          model_of<jobs::JobRow>(),
          model_of<jobs::JobHistoryRow>(),
          model_of<jobs::JobStepRow>(),
          model_of<jobs::JobKeyRow>(),
          model_of<jobs::JobQueueRow>(),
          model_of<jobs::JobScheduleRow>(),
          model_of<jobs::JobWorkerRow>(),
          model_of<events::EventRow>(),
          model_of<events::ConsumerRow>(),
          model_of<WebhookEndpointRow>(),
          model_of<WebhookDeliveryRow>(),
          model_of<audit::EntryRow>(),
          model_of<audit::TreeRow>(),
          model_of<audit::IndexRow>(),
          model_of<audit::TileRow>(),
          model_of<NotificationRow>(),
          model_of<NotificationPreferenceRow>(),
          model_of<MailPreferenceRow>(),
          model_of<SuppressionRow>(),
          model_of<RealtimeTicketRow>(),
          model_of<RealtimeEpochRow>()};
}

}  // namespace ashlar::backend
