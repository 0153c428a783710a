"""Rows of the order exports of shop platforms, under the headers that those platforms write."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.adapters.items import item_to_order
from chalicelib.domain.orders import StoredOrder
from chalicelib.imports.exported_files import export_reader
from chalicelib.imports.exported_orders import Reading
from chalicelib.imports.lines import read_lines
from chalicelib.imports.platforms import load_platforms
from chalicelib.imports.records import Checked, Entry, Terms

AS_OF = datetime(2026, 3, 9, tzinfo=UTC)
TERMS = Terms("azulu", "USD", AS_OF, datetime(2026, 3, 10, 17, tzinfo=UTC), 2, ZoneInfo("America/Bogota"), "CO")

SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,"
    "Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
    "Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,"
    "Billing Street,Billing Address1,Billing Address2,Billing Company,Billing City,Billing Zip,Billing Province,Billing Country,"
    "Billing Phone,Shipping Name,Shipping Street,Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,"
    "Shipping Province,Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,"
    "Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,Lineitem discount,"
    "Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,Tax 5 Name,Tax 5 Value,Phone,"
    "Receipt Number,Duties,Billing Province Name,Shipping Province Name,Payment ID,Payment Terms Name,Next Payment Due At,"
    "Payment References"
).split(",")
WOOCOMMERCE = (
    "order_id,order_number,date,status,shipping_total,shipping_tax_total,fee_total,fee_tax_total,tax_total,discount_total,"
    "order_total,refunded_total,order_currency,payment_method,shipping_method,customer_id,billing_first_name,billing_last_name,"
    "billing_company,billing_email,billing_phone,billing_address_1,billing_address_2,billing_postcode,billing_city,billing_state,"
    "billing_country,shipping_first_name,shipping_last_name,shipping_address_1,shipping_address_2,shipping_postcode,"
    "shipping_city,shipping_state,shipping_country,shipping_company,customer_note,item_id,item_product_id,item_name,item_sku,"
    "item_quantity,item_subtotal,item_subtotal_tax,item_total,item_total_tax,item_refunded,item_refunded_qty,item_meta,"
    "shipping_items,fee_items,tax_items,coupon_items,refunds,order_notes,download_permissions_granted"
).split(",")


def shopify_line(number: str = "#1001", **changes: str) -> dict[str, str]:
    """Return a row of Shopify's export that is not an order's first; changes by column."""
    plain = {
        "Name": number, "Email": "ana@example.com", "Created at": "2026-03-01 09:00:00 -0500", "Lineitem quantity": "1",
        "Lineitem name": "Linen dress - M", "Lineitem price": "40.00", "Lineitem sku": "DR-77-M", "Lineitem discount": "0.00",
        "Lineitem requires shipping": "true", "Lineitem taxable": "true", "Lineitem fulfillment status": "fulfilled",
        "Vendor": "Casa Lino",
    }  # fmt: skip
    return plain | changes


def shopify_order(number: str = "#1001", **changes: str) -> dict[str, str]:
    """Return the first row of an order of Shopify's export."""
    plain = {
        "Financial Status": "paid", "Paid at": "2026-03-01 09:00:03 -0500", "Fulfillment Status": "fulfilled",
        "Fulfilled at": "2026-03-02 15:00:00 -0500", "Accepts Marketing": "no", "Currency": "USD", "Shipping": "5.00",
        "Taxes": "0.00", "Discount Amount": "0.00", "Shipping Name": "Ana Pérez", "Shipping Address1": "Calle 1 # 2-3",
        "Shipping City": "Bogotá", "Shipping Zip": "'110221", "Shipping Country": "CO", "Source": "web", "Id": "5550001",
    }  # fmt: skip
    return shopify_line(number) | plain | changes


def woocommerce_line(number: str = "2001", item: str = "31", **changes: str) -> dict[str, str]:
    """Return a row of WooCommerce's export, one of which stands for each item."""
    plain = {
        "order_id": "9001", "order_number": number, "date": "2026-03-01 09:00:00", "status": "completed", "order_currency": "USD",
        "fee_total": "0.00", "fee_tax_total": "0.00", "billing_email": "ana@example.com", "billing_country": "CO",
        "item_id": item, "item_product_id": "77", "item_name": "Linen dress", "item_sku": "DR-77-M", "item_quantity": "1",
        "item_subtotal": "40.00", "item_subtotal_tax": "7.60", "item_total": "40.00", "item_total_tax": "7.60",
        "item_refunded": "0.00", "item_refunded_qty": "0",
    }  # fmt: skip
    return plain | changes


def table(header: list[str], *rows: dict[str, str]) -> bytes:
    """Return a file with these rows."""
    written = io.StringIO()
    writer = csv.DictWriter(written, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().encode()


def entries(platform: str, content: bytes, days: int | None = None, *, keep_refunded: bool = False) -> list[Entry]:
    """Return what a platform's export gives."""
    after = None if days is None else timedelta(days=days)
    read = export_reader(Reading(load_platforms()[platform], after, keep_refunded))
    return list(read(read_lines(io.BytesIO(content)), "csv", TERMS))


def order(platform: str, content: bytes, days: int | None = None, *, keep_refunded: bool = False) -> StoredOrder:
    """Return the one order that an export gives."""
    (entry,) = entries(platform, content, days, keep_refunded=keep_refunded)
    assert isinstance(entry, Checked), entry
    return item_to_order(entry.item)
