"""Orders know what of them is lost and not answered, and that all of it being lost is no return."""


import oms.kernel.models
from django.db import migrations, models
from oms.kernel.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0012_customer_beginnings'),
    ]

    operations = [
        Together([
            migrations.AddField(
                model_name='order',
                name='loss_due_at',
                field=models.DateTimeField(blank=True, null=True),
            ),
            migrations.AddField(
                model_name='order',
                name='loss_value',
                field=oms.kernel.models.MoneyField(db_default=0, decimal_places=4, default=0, max_digits=16),
            ),
            migrations.AddIndex(
                model_name='order',
                index=models.Index(condition=models.Q(('loss_due_at__isnull', False)), fields=['loss_due_at', 'id'], name='order_losses'),
            ),
            migrations.RemoveConstraint(
                model_name='order',
                name='order_fulfilment_status_known',
            ),
            migrations.RemoveConstraint(
                model_name='order',
                name='order_stage_known',
            ),
            migrations.RemoveConstraint(
                model_name='stage',
                name='stage_key_known',
            ),
            migrations.AlterField(
                model_name='historicalstage',
                name='key',
                field=models.CharField(choices=[('draft', 'Draft'), ('new', 'New'), ('confirmed', 'Confirmed'), ('payment_pending', 'Payment pending'), ('awaiting_stock', 'Awaiting stock'), ('ready_to_pack', 'Ready to pack'), ('packing', 'Packing'), ('packed', 'Packed'), ('partly_dispatched', 'Partly dispatched'), ('dispatched', 'Dispatched'), ('returning_to_origin', 'Returning to origin'), ('partly_delivered', 'Partly delivered'), ('delivered', 'Delivered'), ('return_in_progress', 'Return in progress'), ('returned', 'Returned'), ('lost', 'Lost'), ('on_hold', 'On hold'), ('closed', 'Closed'), ('cancelled', 'Cancelled')], db_index=True, max_length=24),
            ),
            migrations.AlterField(
                model_name='order',
                name='fulfilment_status',
                field=models.CharField(choices=[('unallocated', 'Not allocated'), ('awaiting_stock', 'Awaiting stock'), ('partially_allocated', 'Part-allocated'), ('allocated', 'Stock ready'), ('picking', 'Picking'), ('packed', 'Packed'), ('partially_dispatched', 'Part-dispatched'), ('dispatched', 'Dispatched'), ('partially_delivered', 'Part-delivered'), ('delivered', 'Delivered'), ('returning_to_origin', 'Returning to origin'), ('returned_to_origin', 'Returned to origin'), ('lost', 'Lost'), ('cancelled', 'Cancelled')], default='unallocated', max_length=24),
            ),
            migrations.AlterField(
                model_name='order',
                name='stage',
                field=models.CharField(choices=[('draft', 'Draft'), ('new', 'New'), ('confirmed', 'Confirmed'), ('payment_pending', 'Payment pending'), ('awaiting_stock', 'Awaiting stock'), ('ready_to_pack', 'Ready to pack'), ('packing', 'Packing'), ('packed', 'Packed'), ('partly_dispatched', 'Partly dispatched'), ('dispatched', 'Dispatched'), ('returning_to_origin', 'Returning to origin'), ('partly_delivered', 'Partly delivered'), ('delivered', 'Delivered'), ('return_in_progress', 'Return in progress'), ('returned', 'Returned'), ('lost', 'Lost'), ('on_hold', 'On hold'), ('closed', 'Closed'), ('cancelled', 'Cancelled')], default='draft', max_length=24),
            ),
            migrations.AlterField(
                model_name='stage',
                name='key',
                field=models.CharField(choices=[('draft', 'Draft'), ('new', 'New'), ('confirmed', 'Confirmed'), ('payment_pending', 'Payment pending'), ('awaiting_stock', 'Awaiting stock'), ('ready_to_pack', 'Ready to pack'), ('packing', 'Packing'), ('packed', 'Packed'), ('partly_dispatched', 'Partly dispatched'), ('dispatched', 'Dispatched'), ('returning_to_origin', 'Returning to origin'), ('partly_delivered', 'Partly delivered'), ('delivered', 'Delivered'), ('return_in_progress', 'Return in progress'), ('returned', 'Returned'), ('lost', 'Lost'), ('on_hold', 'On hold'), ('closed', 'Closed'), ('cancelled', 'Cancelled')], max_length=24, unique=True),
            ),
            migrations.AddConstraint(
                model_name='order',
                constraint=models.CheckConstraint(condition=models.Q(('fulfilment_status__in', ['unallocated', 'awaiting_stock', 'partially_allocated', 'allocated', 'picking', 'packed', 'partially_dispatched', 'dispatched', 'partially_delivered', 'delivered', 'returning_to_origin', 'returned_to_origin', 'lost', 'cancelled'])), name='order_fulfilment_status_known'),
            ),
            migrations.AddConstraint(
                model_name='order',
                constraint=models.CheckConstraint(condition=models.Q(('stage__in', ['draft', 'new', 'confirmed', 'payment_pending', 'awaiting_stock', 'ready_to_pack', 'packing', 'packed', 'partly_dispatched', 'dispatched', 'returning_to_origin', 'partly_delivered', 'delivered', 'return_in_progress', 'returned', 'lost', 'on_hold', 'closed', 'cancelled'])), name='order_stage_known'),
            ),
            migrations.AddConstraint(
                model_name='stage',
                constraint=models.CheckConstraint(condition=models.Q(('key__in', ['draft', 'new', 'confirmed', 'payment_pending', 'awaiting_stock', 'ready_to_pack', 'packing', 'packed', 'partly_dispatched', 'dispatched', 'returning_to_origin', 'partly_delivered', 'delivered', 'return_in_progress', 'returned', 'lost', 'on_hold', 'closed', 'cancelled'])), name='stage_key_known'),
            ),
        ]),
    ]
