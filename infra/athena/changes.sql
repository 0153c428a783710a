-- All incremental exports of a shop's place in the bucket: one row for each item that changed in a window, as it then stood.
-- Made by `make athena`; do not edit. Put in, before you run it:
--   BUCKET     the bucket of exports: the stack's output ExportsBucketName
--   SHOP       the short name that was given to `exports request`: its place in the bucket
-- All increments of a place share this folder, so there is nothing to partition by, and new ones are read without a further step.
-- A deleted item has no NewImage. OldImage is left out: `exports request` asks for none, and nothing should bring back what a
-- customer had asked to be forgotten.

CREATE EXTERNAL TABLE changes (
  Metadata struct<WriteTimestampMicros:struct<N:string>>,
  Keys struct<pk:struct<S:string>,sk:struct<S:string>>,
  NewImage struct<
    pk:struct<S:string>,
    sk:struct<S:string>,
    type:struct<S:string>,
    queue:struct<S:string>,
    merchant:struct<S:string>,
    order_number:struct<S:string>,
    slot:struct<N:string>,
    rma:struct<S:string>,
    policy_id:struct<S:string>,
    email:struct<S:string>,
    language:struct<S:string>,
    method:struct<S:string>,
    store:struct<S:string>,
    country:struct<S:string>,
    proof:struct<S:string>,
    currency:struct<S:string>,
    placed_at:struct<S:string>,
    opened_by:struct<S:string>,
    as_gift:struct<BOOL:boolean>,
    lines:struct<L:array<struct<M:struct<
      line:struct<M:struct<
        id:struct<S:string>,
        sku:struct<S:string>,
        product:struct<S:string>,
        name:struct<S:string>,
        quantity:struct<N:string>,
        unit_price:struct<S:string>,
        categories:struct<L:array<struct<S:string>>>,
        tags:struct<L:array<struct<S:string>>>
      >>,
      quantity:struct<N:string>,
      reason:struct<S:string>,
      remark:struct<S:string>,
      wish:struct<M:struct<
        merchant:struct<S:string>,
        product:struct<S:string>,
        sku:struct<S:string>,
        name:struct<S:string>,
        options:struct<M:map<string,struct<S:string>>>,
        price:struct<S:string>,
        currency:struct<S:string>,
        stock:struct<N:string>
      >>,
      wish_words:struct<S:string>,
      photos:struct<L:array<struct<S:string>>>,
      decision:struct<M:struct<
        verdict:struct<S:string>,
        outcomes:struct<L:array<struct<M:struct<
          kind:struct<S:string>,
          approval:struct<S:string>,
          value:struct<S:string>,
          deductions:struct<L:array<struct<M:struct<
            amount:struct<S:string>
          >>>>,
          due:struct<S:string>
        >>>>,
        shipping:struct<S:string>,
        clauses:struct<L:array<struct<M:struct<
          id:struct<S:string>,
          effect:struct<S:string>
        >>>>,
        price:struct<S:string>
      >>,
      outcome:struct<S:string>,
      granted:struct<M:struct<
        kind:struct<S:string>,
        approval:struct<S:string>,
        value:struct<S:string>,
        deductions:struct<L:array<struct<M:struct<
          amount:struct<S:string>
        >>>>,
        due:struct<S:string>
      >>,
      granted_why:struct<S:string>,
      status:struct<S:string>,
      ship_by:struct<S:string>,
      reply:struct<S:string>,
      arrived:struct<N:string>,
      inspection:struct<M:struct<
        condition:struct<S:string>,
        verdict:struct<S:string>,
        value:struct<S:string>,
        reduction:struct<S:string>,
        reason:struct<S:string>,
        at:struct<S:string>,
        `by`:struct<S:string>
      >>
    >>>>,
    charges:struct<L:array<struct<M:struct<
      amount:struct<S:string>
    >>>>,
    settlements:struct<L:array<struct<M:struct<
      kind:struct<S:string>,
      lines:struct<L:array<struct<S:string>>>,
      amount:struct<S:string>,
      charged:struct<S:string>,
      reference:struct<S:string>,
      expires_at:struct<S:string>,
      at:struct<S:string>,
      `by`:struct<S:string>
    >>>>,
    created_at:struct<S:string>,
    answer_by:struct<S:string>,
    resolve_by:struct<S:string>,
    received_at:struct<S:string>,
    reminded_at:struct<S:string>,
    label:struct<M:struct<
      carrier:struct<S:string>,
      service:struct<S:string>,
      tracking:struct<S:string>,
      cost:struct<S:string>,
      currency:struct<S:string>,
      voided_at:struct<S:string>
    >>,
    parcel:struct<M:struct<
      carrier:struct<S:string>,
      tracking:struct<S:string>
    >>,
    assignee:struct<S:string>,
    forgotten_at:struct<S:string>,
    timeline:struct<L:array<struct<M:struct<
      at:struct<S:string>,
      act:struct<S:string>,
      `by`:struct<S:string>,
      lines:struct<L:array<struct<S:string>>>,
      note:struct<S:string>,
      internal:struct<S:string>
    >>>>
  >
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 's3://BUCKET/SHOP/AWSDynamoDB/data/'
